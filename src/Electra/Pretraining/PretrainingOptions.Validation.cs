using Electra.Data;

namespace Electra.Pretraining;

public sealed partial record PretrainingOptions
{
    /// <summary>Checks every option.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">Some are out of range; the message names each of them.</exception>
    public PretrainingOptions Validate()
    {
        string[] faults = [.. Problems()];
        return faults.Length == 0 ? this : throw new ArgumentException($"Wrong pre-training options: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> Problems()
    {
        foreach (string problem in Model.Problems()) yield return problem;
        foreach (string problem in Masking.Problems()) yield return problem;
        if (DataProblem() is string data) yield return data;
        foreach (string problem in TrainingProblems(DataOptions.ShortestSequence)) yield return problem;
        if (EvaluationExamples < 1) yield return $"{nameof(EvaluationExamples)} must be at least 1, not {EvaluationExamples}";
        if (AlarmPatience < 1) yield return $"{nameof(AlarmPatience)} must be at least 1, not {AlarmPatience}";
    }

    private string? DataProblem()
    {
        try
        {
            Data.Validate();
            return null;
        }
        catch (ArgumentException error)
        {
            return error.Message.TrimEnd('.');
        }
    }
}
