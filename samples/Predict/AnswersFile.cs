using System.Text;

namespace Electra.Samples.Predict;

/// <summary>Where answers go: the console, or a file that takes its place only when it is whole.</summary>
internal static class AnswersFile
{
    /// <summary>What a file is called while answers are still written to it.</summary>
    public static string PartOf(string path) => path + ".part";

    /// <summary>Lets <paramref name="job"/> write. The file at <paramref name="path"/>, which may be the one that is read, stays as it is when something goes wrong.</summary>
    /// <param name="path">The file; null for the console.</param>
    /// <param name="job">Writes the answers.</param>
    /// <returns>What the job returns.</returns>
    public static string Write(string? path, Func<TextWriter, string> job)
    {
        string summary;
        if (path is null)
        {
            using var console = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
            return job(console);
        }

        using (var output = new StreamWriter(PartOf(path))) summary = job(output);
        File.Move(PartOf(path), path, overwrite: true);
        return summary;
    }
}
