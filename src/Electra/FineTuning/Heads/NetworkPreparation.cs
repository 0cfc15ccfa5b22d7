using Electra.Configuration;
using Electra.Modeling;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Puts a task's head on an encoder and gets the network ready to be trained as options say.</summary>
internal sealed class NetworkPreparation(FineTuningTask task, FineTuningOptions options, ILogger logger)
{
    /// <summary>Loads an encoder.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="encoder">Its configuration.</param>
    /// <param name="device">Where to.</param>
    public TaskNetwork Load(string folder, ElectraConfig encoder, Device? device)
    {
        if (options.ReinitializedLayers > encoder.NumHiddenLayers)
        {
            throw new ArgumentException(
                $"{nameof(options.ReinitializedLayers)} is {options.ReinitializedLayers}, but the encoder has {encoder.NumHiddenLayers} layers.");
        }

        ElectraConfig config = task.Configure(encoder) with { HeadStyle = options.HeadStyle };
        TaskNetwork network = task.Load(folder, config, device, options);
        try
        {
            Prepare(network.Model);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private void Prepare(ElectraHeadModel model)
    {
        long seed = RandomSeeds.Derive(options.Seed, RandomSeeds.Purpose.FreshWeights);
        if (options.FromRandomWeights) model.Electra.ReinitializeAll(seed + 1);
        else if (options.ReinitializedLayers > 0) model.Electra.ReinitializeTopLayers(options.ReinitializedLayers, seed + 2);
        if (task.HasFreshHead || options.FromRandomWeights) model.InitializeHead(seed, options.HeadInitialization);
        if (task.HasPairs && !options.FromRandomWeights) PrepareTokenTypes(model);
        if (options.Frozen.Count > 0) model.Freeze(options.Frozen);
    }

    private void PrepareTokenTypes(ElectraHeadModel model)
    {
        if (options.CopyTokenType) TokenTypeRow.Copy(model.Electra, from: 0, to: 1);
        else if (TokenTypeRow.LooksUntrained(model.Electra))
        {
            logger.LogWarning(
                "The second texts of '{Task}' have token type 1, of which this encoder has learned nothing: it was pre-trained on single texts, and the row is still "
                + "as it was drawn. Set {Option} to start it from that of token type 0.", task.Name, nameof(options.CopyTokenType));
        }
    }
}
