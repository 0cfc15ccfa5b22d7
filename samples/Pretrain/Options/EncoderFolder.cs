namespace Electra.Samples.Pretrain.Options;

/// <summary>Where the samples that put an encoder to use find it.</summary>
internal static class EncoderFolder
{
    /// <summary>What samples/Pretrain leaves.</summary>
    public const string Default = "runs/pretrain/discriminator";

    /// <summary>What to do where that is not there.</summary>
    public const string NotThere = $"There is no encoder in {Default} yet. Pre-train one first: dotnet run -c Release --project samples/Pretrain; "
        + "or name a Hugging Face folder: --model.";

    /// <summary>Whether a folder holds a model.</summary>
    public static bool IsModel(string folder) => File.Exists(Path.Combine(folder, "config.json"));

    /// <summary>The folder that was typed, or the default one.</summary>
    /// <param name="typed">Of --model; null where it was not typed.</param>
    /// <exception cref="UsageException">It holds no model; says what to do.</exception>
    public static string Require(string? typed)
    {
        if (IsModel(typed ?? Default)) return typed ?? Default;
        throw new UsageException(typed is null ? NotThere : $"--model '{typed}' is no folder with a config.json; name a Hugging Face folder.");
    }
}
