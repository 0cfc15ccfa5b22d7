using System.Text.Json.Nodes;

namespace Electra.Training;

/// <summary>What rank 0 tells the others of the checkpoint that it has taken up; tensors follow.</summary>
/// <param name="Checkpoint">Its folder.</param>
/// <param name="Step">Updates made.</param>
/// <param name="TokensSeen">Tokens trained on.</param>
/// <param name="TimeUsed">Time that the run has taken.</param>
/// <param name="EvaluatedStep">The step of the last evaluation.</param>
/// <param name="Values">The checkpoint's small values.</param>
internal sealed record SharedPlace(string Checkpoint, long Step, long TokensSeen, TimeSpan TimeUsed, long EvaluatedStep, JsonObject Values);
