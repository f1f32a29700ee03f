// Tests measure memory and time of the one process they all share.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
