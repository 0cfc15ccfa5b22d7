namespace Electra.Hosting;

/// <summary>What options of predictors have in common, whatever computes.</summary>
internal interface IPredictorOptions
{
    /// <summary>The folder of the model.</summary>
    string Folder { get; }

    /// <summary>Where it computes, for the log.</summary>
    string Place { get; }

    /// <summary>What is wrong with them; null where nothing is.</summary>
    string? Problem();
}
