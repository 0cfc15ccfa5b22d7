using System.CommandLine;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.Convert.Options;

/// <summary>The command line: options, their help, and how they become <see cref="ConvertArguments"/>.</summary>
internal static class ConvertCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/Convert -- ):
          old/model new/model                                   pytorch_model.bin becomes model.safetensors; names of older programs become today's
          runs/mood/model mood-half --dtype float16             half the bytes
          big out --format pytorch --max-shard-size 500MB       for programs from before 2023, in files of at most 500 MB
          runs/mood/model mood-onnx --format onnx --dtype int8  for ONNX Runtime
          runs/epoch-3.pt out --head discriminator              one file with its config.json beside it
          electra_small out                                     Google's TensorFlow checkpoint: out/discriminator and out/generator
          run/model.ckpt-1000 out --head encoder                the same, its encoder alone
          mnli_model_1 out                                      one that Google's code has fine-tuned: encoder and head
          both_model_1 out --task chunk --labels B-NP,E-NP,...  the same of several tasks; tags as Google's code sorts them, a comma between two
          pretrained out --head sequence-classification --ignore-mismatches     an encoder under a head that starts fresh

        What is read: a Hugging Face folder (model.safetensors or pytorch_model.bin, each also in parts), one file .bin, .pt, .pth, .ckpt or .safetensors with its
        config.json beside it, or a checkpoint of Google's code: its folder, or a path such as run/model.ckpt-1000. Nothing of a file is executed.
        Google's files do not say how many heads of attention there are: a config.json, bert_config.json, debug_config.json or hparams.json beside them is asked
        for num_attention_heads, then Google's rule holds (a head for every 64 of the width); --attention-heads overrides both.

        At the end it says what was read, mapped, left out and written. The written folder was loaded once more by then and compared number by number; one
        for ONNX Runtime, whose outputs for some random tokens are compared. All is written beside the output and moved there when it is whole.
        Exit codes: 0 done, 1 failed or refused input, 2 wrong use, 130 interrupted. Unless it is 0, nothing was written.
        """;

    // That both must be there is said by the plan: --help needs neither.
    private static readonly Argument<string?> Input = new("input") { Description = "A Hugging Face folder, a file of weights, or Google's checkpoint.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Argument<string?> Output = new("output") { Description = "The folder to write.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Format = Choice("--format", ["safetensors", "pytorch", "onnx"], "Kind of file. Default: safetensors.");

    private static readonly Option<string?> DType = Choice("--dtype", ["float32", "float16", "bfloat16", "int8"],
        "Type of the numbers; int8 for ONNX alone, bfloat16 not for ONNX. Default: as they are, float32 for ONNX.");

    private static readonly Option<string?> MaxShardSize = Text("--max-shard-size", "500MB", "Size of the largest file of weights; more go into several with an index. Default: 5GB.");

    private static readonly Option<string?> Head = Choice("--head", HeadNames.All,
        $"What the model is: {string.Join(", ", HeadNames.All)}. Default: what config.json says; of Google's checkpoint all there is.");

    private static readonly Option<bool> IgnoreMismatches = new("--ignore-mismatches") { Description = "Weights that are missing or of another shape start fresh, in place of an error." };

    private static readonly Option<int?> AttentionHeads = Number<int>("--attention-heads", "Of the encoder in Google's checkpoint. Default: see below.");

    private static readonly Option<string?> Task = Text("--task", "name", "Its fine-tuned task. Default: the one that it has.");

    private static readonly Option<string?> Labels = Text("--labels", "a,b,c", "Names of that task's labels, in their order. Default: those of Google's code, else LABEL_0, LABEL_1, ...");

    private static readonly Option<string?> Vocabulary = Text("--vocab", "file", "Its vocabulary. Default: the vocab.txt beside it.");

    private static readonly Option<bool> Cased = new("--cased") { Description = "Its text is not lower-cased." };

    private static readonly Option<bool> NoCard = new("--no-card") { Description = "Write no README.md. One that the input has is copied, else one is made." };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace a model that is in the output." };

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<ConvertArguments, int> run)
    {
        var command = new RootCommand("Weights in, weights out: what other programs wrote becomes a folder of the form that is asked for.")
        {
            Input, Output, Format, DType, MaxShardSize, Head, IgnoreMismatches, AttentionHeads, Task, Labels, Vocabulary, Cased, NoCard, Force,
        };
        AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static ConvertArguments Read(ParseResult result) => new()
    {
        Input = result.GetValue(Input) ?? "",
        Output = result.GetValue(Output) ?? "",
        Format = result.GetValue(Format) ?? new ConvertArguments().Format,
        DType = result.GetValue(DType),
        MaxShardSize = result.GetValue(MaxShardSize),
        Head = result.GetValue(Head),
        IgnoreMismatches = result.GetValue(IgnoreMismatches),
        AttentionHeads = result.GetValue(AttentionHeads),
        Task = result.GetValue(Task),
        Labels = result.GetValue(Labels),
        Vocabulary = result.GetValue(Vocabulary),
        Cased = result.GetValue(Cased),
        NoCard = result.GetValue(NoCard),
        Force = result.GetValue(Force),
    };
}
