using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Electra.Samples.Pretrain.Options;

/// <summary>The kinds of options that the samples' command lines are made of.</summary>
internal static class OptionKinds
{
    /// <summary>The first thing wrong with the command line, as one line; null when it parses.</summary>
    public static string? FirstError(ParseResult result)
    {
        if (result.Errors.Count == 0) return null;
        ParseError error = result.Errors[0];
        string? unknown = result.UnmatchedTokens.Count > 0 ? result.UnmatchedTokens[0] : null;
        string message = unknown is null ? error.Message.ReplaceLineEndings(" ") : $"'{unknown}' is no option of this program.";
        return message + " See --help.";
    }

    private const int LongestHelpName = 40;

    /// <summary>A text.</summary>
    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    /// <summary>Numbers are read the same way in every country: a point before the decimals.</summary>
    public static Option<T?> Number<T>(string name, string description)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "n",
            CustomParser = result =>
            {
                string typed = result.Tokens[0].Value;
                if (T.TryParse(typed, NumberStyles.Float, CultureInfo.InvariantCulture, out T value)) return value;
                string kind = typeof(T) == typeof(double) ? "a number such as 0.0005 or 5e-4" : "a whole number";
                result.AddError($"{name} takes {kind}, not '{typed}'.");
                return null;
            },
        };

    /// <summary>One of several words.</summary>
    public static Option<string?> Choice(string name, string[] choices, string description) => new(name)
    {
        Description = description,
        HelpName = choices.Sum(choice => choice.Length + 1) <= LongestHelpName ? string.Join('|', choices) : "name", // a longer one breaks the help's columns
        CustomParser = result =>
        {
            string typed = result.Tokens[0].Value;
            if (choices.Contains(typed)) return typed;
            result.AddError($"{name} takes {string.Join(", ", choices[..^1])} or {choices[^1]}, not '{typed}'.");
            return null;
        },
    };

    /// <summary>Shows, behind the usual help, what a newcomer types.</summary>
    public static void AddExamples(RootCommand command, string examples)
    {
        HelpOption help = command.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
    }

    private sealed class HelpWithExamples(HelpAction usual, string examples) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            usual.MaxWidth = Math.Min(usual.MaxWidth, 130);
            int code = usual.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(examples);
            return code;
        }
    }
}
