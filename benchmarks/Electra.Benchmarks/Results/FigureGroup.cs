namespace Electra.Benchmarks.Results;

/// <summary>Figures that belong together.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Figures">In the order to print.</param>
internal sealed record FigureGroup(string Name, IReadOnlyList<Figure> Figures);
