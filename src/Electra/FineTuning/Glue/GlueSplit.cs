namespace Electra.FineTuning;

/// <summary>A part of a GLUE task's examples.</summary>
public enum GlueSplit
{
    /// <summary>To learn from.</summary>
    Train,

    /// <summary>To be judged by; of MNLI from the sources of the training examples (matched).</summary>
    Dev,

    /// <summary>Of MNLI: to be judged by, from other sources.</summary>
    DevMismatched,

    /// <summary>Without labels, for the leaderboard; of MNLI from the sources of the training examples (matched).</summary>
    Test,

    /// <summary>Of MNLI: without labels, from other sources.</summary>
    TestMismatched,

    /// <summary>
    /// Of MNLI: GLUE's diagnostic examples, without labels, for the leaderboard (<c>AX.tsv</c>); <c>diagnostic.tsv</c> beside its files, or in a folder
    /// <c>diagnostic</c> or <c>AX</c> beside the tasks' folders.
    /// </summary>
    Diagnostic,
}
