namespace FaissSdk.Native;

/// <content>Defects of searches, vectors, codes and files of which no version without them is known, except where a row names one.</content>
internal static partial class KnownDefects
{
    // Searches.

    public static KnownDefect OneNearestNeighbor { get; } = new(
        "A search of a flat index for one neighbor names the first vector if none is near.",
        "FaissIndexTests.A_NaN_query_finds_nothing") { Upstream = "facebookresearch/faiss#3075" };

    public static KnownDefect TruncatedQueries { get; } = new(
        "Codes of bytes are compared with the low bytes of the integer parts of the query where 16 divides the dimension; in newer versions it depends on the processor. A range search outside of lists decodes them.",
        "CodeRangeTests.Queries_of_bytes_are_compared_exactly_and_others_refused");

    public static KnownDefect ListsFoundTwice { get; } = new(
        "MultiIndexQuantizer returns a centroid twice, and leaves out another one, if several are at equal distances: a search finds the vectors of its list twice, which the SDK removes, and misses others.",
        "MultiIndexTests.No_vector_is_found_twice");

    public static KnownDefect FastScanOfTies { get; } = new(
        "A fast-scan search divides by the span of the distances between the query and all codes: if it is 0, newer versions answer NaN, and no version finds a vector by inner product or within a range.",
        "FastScanTests.A_query_equally_far_from_all_codes_is_refused_or_right") { Kinds = [.. FastScanCodes, .. FlatFastScanCodes, "Irfn", "Iwrn"] };

    public static KnownDefect RangeSelectorBeyondVectors { get; } = new(
        "A flat index does not clip an IDSelectorRange to its size and reads out of bounds.",
        "SearchParametersTests.A_range_beyond_the_vectors_selects_nothing");

    public static KnownDefect RangeSelectorOfShards { get; } = new(
        "A shard does not clip an IDSelectorRange to its size and reads out of bounds.",
        "KnownDefectTests.Shards_find_ranges_of_labels_or_refuse_them");

    public static KnownDefect SelectorOfSuccessiveShards { get; } = new(
        "IndexShards applies a selector to the numbers within each shard, and numbers the vectors anew only afterwards.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused");

    public static KnownDefect SelectorOfShardedIDMaps { get; } = new(
        "The threads of IndexShards share the search parameters whose selector each ID map replaces.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused");

    public static KnownDefect SelectorOfNestedIDMaps { get; } = new(
        "An ID map takes the selector that another one has replaced for one of its own positions.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused");

    public static KnownDefect SelectorOfDuplicates { get; } = new(
        "IndexIVFFlatDedup selects by the id of the first of equal vectors, and adds the other ids unselected.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused") { Kinds = ["IwFd"] };

    public static KnownDefect SelectorOfUnboundedQueue { get; } = new(
        "HNSW ignores the selector of a search without a bounded queue.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused");

    public static KnownDefect SelectorOfPanoramaGraph { get; } = new(
        "IndexHNSWFlatPanorama follows no links through vectors that are not selected.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused") { Kinds = ["IHfP"] };

    public static KnownDefect SelectorOfLists { get; } = new(
        "Additive quantizers and spectral hashes in inverted lists throw at a selector, in versions before 1.15.0 within a parallel region.",
        "SelectorMatrixTests.Selected_ids_are_searched_or_refused") { Kinds = ["IwRQ", "IwLS", "IwPR", "IwPL", "IwSh", "IVRf", "IVLf", "NPRf", "NPLf"] };

    public static KnownDefect FastScanProbes { get; } = new(
        "Fast-scan lists allocate memory for every probe, even for more probes than there are lists.",
        "SearchParametersTests.Fast_scan_limits_the_probes_to_the_lists");

    public static KnownDefect ProbesReadTwice { get; } = new(
        "A search of inverted lists reads the number of probes twice: for the memory that it takes, and for the lists that it visits. Setting it meanwhile makes it read beyond that memory.",
        "ConcurrentCallsTests.Probes_are_set_beside_searches");

    public static KnownDefect FastScanCodeLimit { get; } = new(
        "Fast-scan lists have the setting max_codes, and their searches read that of search parameters only.",
        "ParameterKindsTests.A_limit_of_codes_that_no_search_reads_is_refused");

    public static KnownDefect RangeCodeLimit { get; } = new(
        "A range search of inverted lists does not read max_codes.",
        "ParameterKindsTests.A_limit_of_codes_that_no_search_reads_is_refused");

    public static KnownDefect BinarySearchVariants { get; } = new(
        "Binary inverted lists count queries × probes in an int; a search without a heap visits no code if max_codes is 0; a search list by list fails with max_codes, with a quantizer that finds too few lists, or with at most as many queries × probes as lists, and writes beyond an array with fewer queries than lists.",
        "IndexBinaryIVFTests.Searches_that_fail_in_FAISS_are_rejected");

    public static KnownDefect RefineCandidates { get; } = new(
        "IndexRefineFlat overflows an int when it multiplies k by the factor, and in older versions goes on with a negative count.",
        "CompositeIndexTests.KFactor_rejects_impossible_values");

    public static KnownDefect RefinementsWithoutDistances { get; } = new(
        "A refining index takes any index for its refinement. If that cannot compute distances to single vectors, such as lists without a direct map or a graph by inner product, a search throws within a parallel region, which ends the process.",
        "RefineKindTests.A_refinement_that_computes_no_distances_is_refused");

    public static KnownDefect RefinedRanges { get; } = new(
        "A range search of a refining index computes the distances anew, and does not compare them with the radius.",
        "RefineKindTests.A_range_search_keeps_to_the_radius") { BrokenIn = new(1, 10, 0), FixedIn = new(1, 15, 0) };

    public static KnownDefect RefinedRadius { get; } = new(
        "A range search of a refining index multiplies the radius by the number of candidates per neighbor, which narrows it where larger products are nearer.",
        "RefineKindTests.A_range_search_keeps_to_the_radius") { BrokenIn = new(1, 15, 0) };

    public static KnownDefect OneDimensionalRanges { get; } = new(
        "IndexFlat1D returns differences from searches, and squared ones from range searches, whose radius it takes for squared.",
        "CompositeIndexTests.IndexFlat1D_measures_differences_in_ranges_too");

    // Vectors, codes and files.

    public static KnownDefect LevelsReadAsVectors { get; } = new(
        "Flat Panorama indexes store the levels of several vectors side by side: what reads the vectors of a flat index, such as distances to given vectors and a copy by inner product, reads other vectors.",
        "PanoramaTests.Vectors_are_those_that_were_added") { BrokenIn = new(1, 13, 1), Kinds = ["IxFP", "IxFp"] };

    public static KnownDefect NegativeDistances { get; } = new(
        "The squared distances of all pairs (pairwise_L2sqr) can be negative, by rounding.",
        "VectorDistancesTests.Distances_of_all_pairs_are_not_negative");

    public static KnownDefect ReconstructWithoutBounds { get; } = new(
        "Reconstruction does not compare an id with the number of vectors, and reads out of bounds.",
        "FaissIndexTests.Reconstruct_rejects_absent_ids") { Upstream = "facebookresearch/faiss#4413" };

    public static KnownDefect ExceptionsInParallelLoops { get; } = new(
        "reconstruct_n and compute_residual_n of most kinds run in parallel, where an exception ends the process.",
        "CompositeIndexTests.An_ID_map_finds_ids_until_Reset");

    public static KnownDefect CodesOfAbsentLists { get; } = new(
        "Decoding does not compare the list number of a code with the number of lists; it throws where nothing can catch it, or reads out of bounds.",
        "IndexIVFTests.Decode_rejects_codes_of_absent_lists");

    public static KnownDefect CodesOfAbsentPoints { get; } = new(
        "A lattice decodes numbers beyond its points by reading out of bounds.",
        "CodeLawTests.Codes_of_points_that_a_lattice_lacks_are_refused") { Kinds = ["IxLa"] };

    public static KnownDefect FastScanBlocksOfQueries { get; } = new(
        "A search of several queries by fast-scan codes outside of lists, in blocks of more than 32 vectors, ends the process.",
        "FastScanTests.Wide_blocks_find_what_blocks_of_32_do") { FixedIn = new(1, 15, 0), Kinds = FlatFastScanCodes };

    public static KnownDefect FastScanWideBlocks { get; } = new(
        "A search by fast-scan codes outside of lists, in blocks of more than 160 vectors, ends the process.",
        "FastScanTests.Blocks_of_more_than_160_vectors_are_refused") { Kinds = FlatFastScanCodes };

    public static KnownDefect FastScanBlocks { get; } = new(
        "Packing and unpacking one code finds it in the wrong place if a fast-scan block holds more than 32 vectors, and in lists of RaBitQ of more than one block: others are reconstructed, and removal mixes codes up.",
        "CodeLawTests.Blocks_of_64_vectors_are_not_reconstructed") { Kinds = [.. FastScanCodes, .. FlatFastScanCodes, "Irfn", "Iwrn"] };

    public static KnownDefect LostComponents { get; } = new(
        "An IndexLSH with fewer bits than components and without a rotation reconstructs and decodes the first components, and leaves the rest as it is.",
        "VectorsTests.Hashes_of_some_components_are_not_reconstructed");

    public static KnownDefect LoadedFastScanDecoder { get; } = new(
        "Fast-scan lists that were read from a file have no decoder: reconstructing and decoding use a null pointer.",
        "CodeLawTests.Codes_and_vectors_survive_a_file_and_a_clone") { BrokenIn = new(1, 10, 0), Kinds = FastScanCodes };

    public static KnownDefect BinaryReconstructStride { get; } = new(
        "IndexBinaryIVF::reconstruct_n writes a vector every d bytes instead of every d / 8, and skips ids that are not there.",
        "IndexBinaryIVFTests.Reconstruct_names_a_missing_id") { Upstream = "facebookresearch/faiss#5386" };

    public static KnownDefect SharedClones { get; } = new(
        "clone_index shares parts with the original, or returns another class, except for flat, scalar quantizer and LSH indexes.",
        "IndexContractTests.Copies_are_equal_and_independent");

    public static KnownDefect LocalSearchTimers { get; } = new(
        "Local search quantizers, and norms that are quantized by local search, add up the time of training and encoding in a table of the process without a lock: two calls at once, on different indexes too, end the process.",
        "LocalSearchTests.Different_indexes_are_trained_and_filled_at_once");

    public static KnownDefect UntrainedFiles { get; } = new(
        "The file of an index that is not trained cannot be read, or crashes the reader, for some kinds.",
        "IndexContractTests.An_untrained_index_is_saved_or_says_that_it_is_not_trained");

    public static KnownDefect DamagedFiles { get; } = new(
        "The readers accept files whose numbers contradict each other, such as links to absent vectors, and the use of such an index ends the process; newer readers accept fewer of them.",
        "IndexCheckTests.A_part_at_any_depth_is_checked");

    public static KnownDefect MappedFiles { get; } = new(
        "An index whose lists are mapped from its file is written without them.",
        "MappedPartsTests.A_mapped_part_is_neither_written_nor_changed");

    public static KnownDefect LatticeFiles { get; } = new(
        "The file of a lattice index has no codes: it cannot be read, or counts vectors that it does not contain.",
        "CodeLawTests.Codes_and_vectors_survive_a_file_and_a_clone") { Kinds = ["IxLa"] };

    public static KnownDefect OneDimensionalFiles { get; } = new(
        "IndexFlat1D is written and copied as a plain flat index, whose distances are squared.",
        "CompositeIndexTests.IndexFlat1D_searches_a_sorted_permutation");

    public static KnownDefect IrreversibleTransforms { get; } = new(
        "faiss_VectorTransform_reverse_transform has no status: a transform that cannot be reversed throws where nothing can catch it.",
        "VectorTransformTests.A_transform_trains_applies_and_reverses");

    public static KnownDefect TransformDimensions { get; } = new(
        "Transforms count the elements of their square matrices in ints.",
        "VectorTransformTests.Arguments_that_FAISS_does_not_check_are_rejected");

    public static KnownDefect ThreadsForOneQuery { get; } = new(
        "Other graphs, ID maps, refinements and scalar quantizers start all threads for a single query, which waits for them.",
        "OneQueryTests.One_query_takes_one_thread") { Kinds = ["IHN2", "INSf", "INSp", "INSs", "INNf", "IBHf", "IBHc", "IxMp", "IxM2", "IBMp", "IBM2", "IxRF", "IxRP", "IxSQ"] };

    public static KnownDefect OrthonormalFromFile { get; } = new(
        "A matrix that is read from a file is taken for orthonormal.",
        "VectorTransformTests.A_loaded_transform_equals_the_saved_one") { Kinds = ["IxPT"] };
}
