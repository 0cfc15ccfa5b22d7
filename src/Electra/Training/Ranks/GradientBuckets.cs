using Electra.Distributed;
using Electra.Modeling;
using Electra.Optimization;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// The gradients of an update in pieces, which the ranks add up one after the other in an order that is fixed by the networks alone: first what the backward
/// pass has done first. A piece is handed over as soon as it is whole and its turn has come, so that it travels while the backward pass goes on.
/// </summary>
internal sealed class GradientBuckets : IDisposable
{
    private readonly IProcessGroup _group;
    private readonly DataParallelOptions _options;
    private readonly List<Bucket> _buckets = []; // in their order
    private readonly List<(ElectraEncoder Encoder, LayerNotices Notices)> _watched = [];
    private readonly List<Task> _sums = [];

    /// <summary>Cuts the gradients of some networks.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="parameters">Of the networks.</param>
    /// <param name="networks">In the order in which the backward pass comes through them.</param>
    /// <param name="options">The size of the pieces, and how they travel.</param>
    public GradientBuckets(IProcessGroup group, FlatParameters parameters, TrainedNetworks networks, DataParallelOptions options)
    {
        (_group, _options, Last) = (group, options, parameters.Gradients);
        if (group.Size == 1) return;
        List<string[]> layers = [.. Layers(networks)];
        ILookup<string, int> layersOf = layers.Index().SelectMany(layer => layer.Item.Select(name => (name, layer.Index))).ToLookup(item => item.name, item => item.Index);
        long length = options.BucketBytes / sizeof(float), end = parameters.Gradients.numel();
        var buckets = new List<(int Last, Bucket Bucket)>();
        for (long start = 0; start < end; start += length)
        {
            long count = Math.Min(length, end - start);
            FlatParameter[] within = [.. parameters.Entries.Where(entry => entry.Offset < start + count && start < entry.Offset + entry.Length)];
            HashSet<int> awaited = [.. within.SelectMany(entry => layersOf[entry.Name])];
            bool isTold = within.All(entry => layersOf.Contains(entry.Name));
            var bucket = new Bucket(parameters.Gradients.narrow(0, start, count).DetachFromDisposeScope(), isTold ? awaited : null);
            buckets.Add((isTold ? awaited.DefaultIfEmpty(-1).Max() : int.MaxValue, bucket));
        }

        _buckets = [.. buckets.OrderBy(item => item.Last).Select(item => item.Bucket)]; // stable
        Last = _buckets[^1].Gradients;
        if (options.OverlapCommunication) Watch(networks);
    }

    /// <summary>The piece that is handed over last, never before the backward passes are over; of one process all gradients.</summary>
    public Tensor Last { get; }

    /// <summary>How many pieces the last update had handed over before its backward pass was over.</summary>
    public int Overlapped { get; private set; }

    /// <summary>The last part of an update begins: what comes back from now on is whole.</summary>
    public void Begin()
    {
        foreach (Bucket bucket in _buckets) bucket.Open = bucket.Layers?.Count ?? int.MaxValue;
        foreach ((_, LayerNotices notices) in _watched) notices.Begin();
    }

    /// <summary>The backward passes are over: hands over what is left, and waits for all.</summary>
    /// <exception cref="ProcessGroupException">A rank was lost.</exception>
    public void Complete()
    {
        foreach ((_, LayerNotices notices) in _watched) notices.End();
        Overlapped = _sums.Count;
        while (_sums.Count < _buckets.Count) HandOver();
        foreach (Task sum in _sums) sum.GetAwaiter().GetResult();
        _sums.Clear();
    }

    /// <summary>Frees the pieces, but not those under way when an update failed.</summary>
    public void Dispose()
    {
        foreach ((ElectraEncoder encoder, LayerNotices notices) in _watched)
            if (encoder.Notices == notices) encoder.Notices = null;
        if (_sums.TrueForAll(sum => sum.IsCompleted)) _buckets.ForEach(bucket => bucket.Gradients.Dispose());
    }

    private void HandOver() => _sums.Add(_group.AllReduceSumAsync(_buckets[_sums.Count].Gradients, _options.Compression));

    private void Done(int layer)
    {
        foreach (Bucket bucket in _buckets)
            if (bucket.Layers?.Contains(layer) == true) bucket.Open--;
        while (_sums.Count < _buckets.Count - 1 && _buckets[_sums.Count].Open == 0) HandOver();
    }

    private void Watch(TrainedNetworks networks)
    {
        int first = 0;
        foreach (ElectraEncoder encoder in networks.All.Select(network => network.Model.Electra.Encoder))
        {
            (int begin, int layers) = (first, encoder.Parameters.Count);
            encoder.Notices = new LayerNotices(layers, layer => Done(begin + layers - 1 - layer));
            _watched.Add((encoder, encoder.Notices));
            first += layers;
        }
    }

    // The names of the parameters of each layer, in the order of the backward pass.
    private static IEnumerable<string[]> Layers(TrainedNetworks networks)
    {
        Dictionary<Tensor, string> names = new(ReferenceEqualityComparer.Instance);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in networks.NamedParameters()) names[parameter] = name;
        return networks.All.SelectMany(network => network.Model.Electra.Encoder.Parameters.Reverse()
            .Select(layer => layer.ToArray().Select(parameter => names[parameter]).ToArray()));
    }

    private sealed class Bucket(Tensor gradients, HashSet<int>? layers)
    {
        public Tensor Gradients => gradients;

        public HashSet<int>? Layers => layers; // null: nobody tells when it is whole

        public int Open { get; set; }
    }
}
