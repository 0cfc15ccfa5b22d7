// Tests share one process and one libtorch; leak tests count every live tensor of it, so they run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
