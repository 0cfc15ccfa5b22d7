namespace Electra.Samples.Pretrain.Corpus;

/// <summary>
/// Questions with known answers that every machine with the .NET SDK has: the words of a member's name ask for its summary. All members of a type are on
/// one side of the split, and what is asked or answered on the side to learn from is left out of the other one.
/// </summary>
internal sealed class SdkQuestions
{
    private const int FewestWords = 5, HeldOutShare = 5;
    private readonly List<(string Query, bool IsHeldOut, int Passage)> _pairs = [];

    /// <summary>Makes them of members.</summary>
    /// <param name="members">As <see cref="SdkDocumentation.ReadMembers"/> gives them.</param>
    public SdkQuestions(IEnumerable<SdkMember> members)
    {
        var passages = new List<(string Text, string Assembly)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var types = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (SdkMember member in members.Where(member => member.Summary.Count(c => c == ' ') >= FewestWords - 1))
        {
            if (places.TryAdd(member.Summary, passages.Count)) passages.Add((member.Summary, member.Assembly));
            if (!types.TryGetValue(member.Type, out int type)) types[member.Type] = type = types.Count;
            _pairs.Add((member.Words, type % HeldOutShare == HeldOutShare - 1, places[member.Summary]));
        }

        Passages = passages;
        var (asked, answered) = (Learned(pair => pair.Query), Learned(pair => pair.Passage));
        _pairs.RemoveAll(pair => pair.IsHeldOut && (asked.Contains(pair.Query) || answered.Contains(pair.Passage)));

        HashSet<T> Learned<T>(Func<(string Query, bool IsHeldOut, int Passage), T> what) => [.. _pairs.Where(pair => !pair.IsHeldOut).Select(what)];
    }

    /// <summary>Every summary of some words once, with the assembly that has it first.</summary>
    public IReadOnlyList<(string Text, string Assembly)> Passages { get; }

    /// <summary>Questions, each with the numbers of the passages that answer it, from all over the platform.</summary>
    /// <param name="isHeldOut">Whether of the types that nothing is learned from: every fifth one.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<(string Query, IReadOnlySet<int> Answers)> Of(bool isHeldOut, int most)
    {
        IGrouping<string, (string, bool, int Passage)>[] questions = [.. _pairs.Where(pair => pair.IsHeldOut == isHeldOut).GroupBy(pair => pair.Query, StringComparer.Ordinal)];
        return [.. Enumerable.Range(0, Math.Min(most, questions.Length)).Select(i => questions[(long)i * questions.Length / Math.Min(most, questions.Length)])
            .Select(question => (question.Key, (IReadOnlySet<int>)question.Select(pair => pair.Passage).ToHashSet()))];
    }
}
