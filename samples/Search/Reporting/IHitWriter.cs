using Electra.Samples.Search.Ranking;

namespace Electra.Samples.Search.Reporting;

/// <summary>Tells what a query found.</summary>
internal interface IHitWriter
{
    /// <summary>Tells it.</summary>
    /// <param name="query">What was asked.</param>
    /// <param name="hits">The best one first.</param>
    void Write(string query, IReadOnlyList<Hit> hits);
}
