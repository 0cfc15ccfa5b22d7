using System.Runtime.InteropServices;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The forward pass of a fused encoder in parts of the batch, each of which one thread takes through all layers: threads never wait for
/// each other, and what a layer hands to the next product or kernel is still in that core's cache.
/// </summary>
internal sealed unsafe class PartwiseForward
{
    private readonly EncoderPass _pass;
    private readonly IReadOnlyList<EncoderLayerSettings> _settings;
    private readonly EncoderWorkspace _workspace;
    private readonly EncoderWeights _weights;
    private readonly Tensor[] _inputs, _outputs; // one a range
    private readonly Tensor?[] _keyBiases;       // one a range
    private readonly delegate*<PartwiseForward, int, int, void> _run;
    private int _taken;

    private PartwiseForward(
        Tensor input, EncoderPass pass, IReadOnlyList<EncoderLayerSettings> settings, Tensor output, delegate*<PartwiseForward, int, int, void> run)
    {
        (_pass, _settings, _workspace, _weights) = (pass, settings, pass.Workspace!, pass.Weights!);
        _run = run;
        Tensor? keyBias = settings[0].KeyBias;
        _inputs = [.. _workspace.Ranges.Select(range => range.Of(input))];
        _outputs = [.. _workspace.Ranges.Select(range => range.Of(output))];
        _keyBiases = [.. _workspace.Ranges.Select(range => keyBias is null ? null : range.Of(keyBias))];
    }

    /// <summary>Runs it within a pass that has begun.</summary>
    public static void Run<T>(Tensor input, EncoderPass pass, IReadOnlyList<EncoderLayerSettings> settings, Tensor output)
        where T : struct, IElement
    {
        var job = new PartwiseForward(input, pass, settings, output, &RunPart<T>);
        var handle = GCHandle.Alloc(job);
        try
        {
            Aten.ParallelFor(Aten.ThreadCount, &TakeTurns, (void*)GCHandle.ToIntPtr(handle));
        }
        finally
        {
            handle.Free();
            foreach (Tensor? part in job._inputs.Concat(job._outputs).Concat(job._keyBiases)) part?.Dispose();
        }
    }

    private static void TakeTurns(void* context, long begin, long end)
    {
        var job = (PartwiseForward)GCHandle.FromIntPtr((nint)context).Target!;
        bool tracked = Aten.SetGradMode(false); // a setting of the thread
        try
        {
            for (int range; (range = Interlocked.Increment(ref job._taken) - 1) < job._workspace.Ranges.Count;) job._run(job, range, (int)begin);
        }
        finally
        {
            Aten.SetGradMode(tracked);
        }
    }

    private static void RunPart<T>(PartwiseForward job, int range, int thread)
        where T : struct, IElement
    {
        (EncoderPass pass, EncoderWorkspace workspace) = (job._pass, job._workspace);
        EncoderShape shape = pass.Shape with { Batch = workspace.Ranges[range].Count };
        long firstRow = workspace.Ranges[range].Start * shape.Tokens;
        Tensor input = job._inputs[range];
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            Tensor output = layer == shape.Layers - 1 ? job._outputs[range] : workspace.Output(range, layer);
            EncoderLayerSettings settings = job._settings[layer] with { KeyBias = job._keyBiases[range], FirstRow = firstRow };
            if (pass.FirstOnly && layer == shape.Layers - 1)
            {
                (EncoderLayerActivations kept, EncoderScratch scratch) = (workspace.Activations(range, layer), workspace.ScratchOf(thread));
                using FirstTokens first = new(shape, kept, scratch);
                EncoderLayerForward.RunFirst<T>(
                    input, pass.Parameters[layer], settings, shape, job._weights[layer], kept, scratch, first, output);
                break;
            }

            EncoderLayerForward.Run<T>(
                input, pass.Parameters[layer], settings, shape, job._weights[layer],
                workspace.Activations(range, layer), workspace.ScratchOf(thread), output);
            input = output;
        }
    }
}
