namespace FaissSdk.Native;

/// <summary>Lists the defects of FAISS versions that the SDK guards against: every guard asks its row here whether it is needed.</summary>
/// <remarks>
/// When a release fixes a defect, set <see cref="KnownDefect.FixedIn"/>: the guard is off from that version on. When the oldest
/// supported version rises to it, a test asks for the row and its guard to be deleted. Functions that a version lacks are not
/// defects: see <see cref="OptionalFunction"/>.
/// </remarks>
internal static partial class KnownDefects
{
    private static readonly string[] FastScanCodes = ["IwPf", "IVLf", "IVRf", "NPLf", "NPRf"];
    private static readonly string[] FlatFastScanCodes = ["IPfs", "ILfs", "IRfs", "IPLf", "IPRf"];

    // Fixed in a supported version; the oldest first.

    public static KnownDefect QuantizerTypesAfterSixBit { get; } = new(
        "Does not know the scalar quantizer types after SixBit.",
        "KnownDefectTests.Unknown_quantizer_types_are_refused") { FixedIn = new(1, 9, 0) };

    public static KnownDefect ScalarQuantizerRanges { get; } = new(
        "A scalar quantizer without lists has no range search.",
        "FlatContractTests.Vectors_within_a_radius_are_those_of_a_search") { FixedIn = new(1, 9, 0), Kinds = ["IxSQ"] };

    public static KnownDefect PositionsInAdditiveLists { get; } = new(
        "A search of lists of additive quantizers does not keep in which list it has found a vector.",
        "ReconstructTests.A_search_that_reconstructs_finds_the_same") { FixedIn = new(1, 8, 0), Kinds = ["IwLS", "IwRQ", "IwPL", "IwPR"] };

    public static KnownDefect ThreadsForOneQueryOfGraph { get; } = new(
        "A graph starts all threads for a single query, which waits for them.",
        "OneQueryTests.One_query_takes_one_thread") { FixedIn = new(1, 9, 0), Kinds = ["IHNf", "IHNp", "IHNs", "IHc2", "IH00", "IHfP"] };

    public static KnownDefect QueueOfParameters { get; } = new(
        "HNSW reads whether its queue of candidates is bounded from the graph only, not from search parameters.",
        "SearchParametersTests.A_queue_without_bounds_works_or_is_refused") { FixedIn = new(1, 9, 0) };

    public static KnownDefect SingleDistances { get; } = new(
        "Codes of LSH and of lattices, and graphs by inner product, compute no distances to single vectors.",
        "RefineKindTests.A_refinement_that_computes_no_distances_is_refused") { FixedIn = new(1, 9, 0) };

    public static KnownDefect CodeSizeNotReturned { get; } = new(
        "faiss_Index_sa_code_size computes the size of a code and does not write it to its result.",
        "VectorsTests.Decode_inverts_Encode_like_Reconstruct") { FixedIn = new(1, 12, 0), Upstream = "facebookresearch/faiss#4492" };

    public static KnownDefect PartialRangeResult { get; } = new(
        "faiss_RangeSearchPartialResult_new crashes.",
        "RangeSearchResultTests.A_builder_is_not_supported_where_it_crashes") { FixedIn = new(1, 14, 2) };

    public static KnownDefect HashTablesAfterReset { get; } = new(
        "IndexBinaryMultiHash keeps its hash tables in reset, so that later searches read vectors that are gone.",
        "IndexBinaryTests.Several_hash_tables_are_emptied_or_refused") { FixedIn = new(1, 14, 2), Kinds = ["IBHm"] };

    public static KnownDefect HashesBeyondVectors { get; } = new(
        "Hashes of binary vectors are read as eight bytes from where they begin, beyond the end of the last vector.",
        "HashTests.Vectors_may_end_where_memory_ends") { FixedIn = new(1, 14, 2), Kinds = ["IBHh", "IBHm"] };

    public static KnownDefect AddedComponents { get; } = new(
        "Training a PCAMatrix on fewer vectors than components adds the new components to those of a training before, also of one that failed.",
        "PrincipalComponentTests.Components_are_those_of_the_last_training") { FixedIn = new(1, 14, 2), Upstream = "facebookresearch/faiss#5138", Kinds = ["IxPT"] };

    public static KnownDefect RaBitQFastScanRemoval { get; } = new(
        "IndexRaBitQFastScan keeps the factors of vectors that are removed, so that those behind them get the factors of others.",
        "FastScanTests.Vectors_added_after_others_were_removed_are_found_or_the_removal_is_refused") { FixedIn = new(1, 14, 0), Kinds = ["Irfn"] };

    public static KnownDefect NNDescentOfFew { get; } = new(
        "IndexNNDescent draws different numbers from too few, and divides by 0, where it is searched for all vectors or filled with few.",
        "GraphFileTests.An_NNDescent_graph_is_searched_or_refused") { FixedIn = new(1, 14, 2), Kinds = ["INNf"] };

    public static KnownDefect QuantizerTypesAfterDirectSigned { get; } = new(
        "Does not know the scalar quantizer types after EightBitDirectSigned.",
        "KnownDefectTests.Unknown_quantizer_types_are_refused") { FixedIn = new(1, 15, 0) };

    public static KnownDefect ListsOfOtherMetrics { get; } = new(
        "Inverted lists that know only L2 and inner product throw within a parallel region in a search by another metric, which ends the process.",
        "FaissIndexTests.Searching_inverted_lists_by_L1_does_not_crash") { FixedIn = new(1, 15, 0) };

    public static KnownDefect MetricsAfterJensenShannon { get; } = new(
        "Does not have the metrics after JensenShannon, or compares by them in flat indexes only.",
        "SupportedMetricsTests.Metrics_of_newer_versions_are_refused_with_the_version") { FixedIn = new(1, 15, 0) };

    public static KnownDefect FastScanLists { get; } = new(
        "Merging, removing from and searching preassigned fast-scan lists fails, mostly by an exception that nothing can catch.",
        "KnownDefectTests.Fast_scan_lists_merge_into_empty_ones_or_refuse") { FixedIn = new(1, 15, 0), Upstream = "facebookresearch/faiss#3128", Kinds = FastScanCodes };

    public static KnownDefect LoadedFastScanAdditive { get; } = new(
        "Encoding by a fast-scan additive quantizer that was read from a file fails.",
        "IndexContractTests.A_loaded_index_accepts_vectors") { FixedIn = new(1, 15, 0), Kinds = ["ILfs", "IRfs", "IPLf", "IPRf", "IVLf", "IVRf", "NPLf", "NPRf"] };

    public static KnownDefect LoadedNorms { get; } = new(
        "Reads the numbers by which an additive quantizer encodes norms without their count and order: encoding a vector reads out of bounds.",
        "CodeLawTests.Codes_and_vectors_survive_a_file_and_a_clone") { FixedIn = new(1, 7, 4), Kinds = ["IxRq", "IxLS", "IxPR", "IxPL", "IwRQ", "IwLS", "IwPR", "IwPL"] };

    public static KnownDefect FastScanListCodes { get; } = new(
        "Decoding a code of fast-scan lists takes the number of its list for the code, and leaves the centroid out.",
        "CodeLawTests.Codes_and_vectors_survive_a_file_and_a_clone") { FixedIn = new(1, 10, 0), Kinds = FastScanCodes };

    public static KnownDefect RefinedCodes { get; } = new(
        "Decoding a code of a refining index reads the code of the base index in the place of the refining one.",
        "VectorsTests.Decoding_a_refining_index_is_exact_or_not_supported") { FixedIn = new(1, 15, 0), Kinds = ["IxRF"] };

    public static KnownDefect EmptyShard { get; } = new(
        "An empty shard answers with id 0, as an empty flat index does.",
        "KnownDefectTests.An_empty_shard_finds_nothing_or_is_refused") { FixedIn = new(1, 15, 0), Upstream = "facebookresearch/faiss#3830" };

    public static KnownDefect NSG { get; } = new(
        "Building an NSG graph of few or of equal vectors fails.",
        "FaissIndexTests.NSG_is_not_supported_before_FAISS_1_15") { FixedIn = new(1, 15, 0), Kinds = ["INSf", "INSp", "INSs"] };

    public static KnownDefect GraphsOfTies { get; } = new(
        "Building an NSG graph never ends if many vectors are equal or at equal distances, or if there are fewer vectors than candidates; with few vectors it reads neighbors that were not found, and may end the process.",
        "SizeTests.NSG_is_built_of_equal_vectors");

    public static KnownDefect GraphsOfFewVectors { get; } = new(
        "A search of an NSG graph for more candidates than it has vectors never ends; one of a graph that was not built ends the process in older versions.",
        "GraphFileTests.A_graph_of_too_few_vectors_is_refused");

    // No version without them is known: factory strings.

    public static KnownDefect FactoryStringLength { get; } = new(
        "The parsers of factory strings are not safe with strings of any length.",
        "FaissIndexTests.Create_rejects_a_description_beyond_the_parser_limit");

    public static KnownDefect FactoryCountOfZero { get; } = new(
        "A factory string with a count of 0, or with a graph of one link per vector, gives an index that later divides by zero or never ends.",
        "FaissIndexTests.Create_rejects_a_count_of_zero");

    public static KnownDefect FactorySizes { get; } = new(
        "Numbers of a factory string or a constructor are not compared with the dimension, with each other, or with memory: training fails, shifts overflow, or memory runs out.",
        "SizeTests.Sizes_that_FAISS_does_not_check_are_rejected");

    public static KnownDefect BinaryFactoryPrefixes { get; } = new(
        "index_binary_factory compares only the beginning of its string, and accepts sizes that crash later.",
        "IndexBinaryTests.Create_rejects_descriptions_that_crash_FAISS");

    // No version without them is known: metrics.

    public static KnownDefect OtherMetrics { get; } = new(
        "Codes, refinements and graphs of codes know L2 and inner product only: by other metrics they throw within a parallel region, which ends the process, or compare by the inner product.",
        "SupportedMetricsTests.Every_kind_compares_by_its_metric_or_is_refused");

    public static KnownDefect IgnoredMetrics { get; } = new(
        "index_factory creates graphs of product quantizers, spectral hashes and lattices by L2 whatever metric is asked for.",
        "SupportedMetricsTests.A_metric_that_the_factory_ignores_is_refused");

    public static KnownDefect UndefinedDistances { get; } = new(
        "Vectors whose distances are not numbers get a list or a centroid that does not exist: training ends the process or never returns, and searches do not find them.",
        "SupportedMetricsTests.Vectors_without_distances_are_rejected");

    // Changes.

    public static KnownDefect VectorsNotFinite { get; } = new(
        "Encoders find no code nearest to NaN or infinity, and write to where it would be; a search for the nearest list of NaN ends the process in older versions.",
        "FaissIndexTests.Encoding_indexes_reject_vectors_that_are_not_finite");

    public static KnownDefect OverflowingTransforms { get; } = new(
        "Whitening divides by the standard deviations of the training vectors; where those are tiny, other vectors overflow, and what follows the transform meets infinities.",
        "WhiteningTests.Vectors_that_would_overflow_are_refused");

    public static KnownDefect FullBins { get; } = new(
        "A PCAMatrix takes balanced bins that hold 1e30 or more for full, and writes components for which it finds no bin outside of its arrays.",
        "PrincipalComponentTests.Components_that_no_bin_takes_are_refused") { Kinds = ["IxPT"] };

    public static KnownDefect RefinedProductQuantizerIds { get; } = new(
        "An IVFPQR index (PQ4+4) refines by position, and takes the ids of the caller for positions.",
        "SizeTests.An_index_that_refines_by_position_numbers_its_vectors") { Kinds = ["IwQR"] };

    public static KnownDefect TrainingOfHeldCodes { get; } = new(
        "Training replaces the encoder of an index that holds codes, which then mean other vectors.",
        "TrainingTests.Training_keeps_held_vectors_or_is_refused");

    public static KnownDefect MediansOfLists { get; } = new(
        "Training a spectral hash by medians takes memory for a threshold of each training vector, and writes one for each list: with fewer vectors than lists it writes out of bounds, or leaves thresholds that its file cannot be read with.",
        "TrainingTests.A_spectral_hash_needs_a_vector_for_each_list") { Kinds = ["IwSh"] };

    public static KnownDefect EqualLengths { get; } = new(
        "A lattice whose training vectors have one length in a part divides by 0 when it encodes, and writes beyond the code.",
        "LatticeTests.Vectors_of_one_length_are_refused") { Kinds = ["IxLa"] };

    public static KnownDefect UnstorableComponents { get; } = new(
        "Codes of half precision and of bytes take any number: beyond their range it becomes infinity or another number. The range of a vector that is scaled (MinMax…) becomes infinity or its reciprocal does, and encoders write to where a code nearest to that would be.",
        "CodeRangeTests.Components_that_a_code_cannot_hold_are_refused");

    public static KnownDefect CentroidsOfFailedTraining { get; } = new(
        "A training that fails in the encoder leaves the centroids of the lists, which the next training takes for its own.",
        "TrainingTests.A_training_that_failed_leaves_no_centroids");

    public static KnownDefect CentroidsInEmptyLists { get; } = new(
        "Training adds the centroids to a quantizer of lists whose own quantizer holds none: a search of that for 20 vectors and more leaves the numbers of their lists as they are in memory.",
        "CancellationTests.A_canceled_training_of_lists_over_lists_can_be_repeated");

    public static KnownDefect CodesWithoutDistances { get; } = new(
        "Graphs need distances between two codes; TurboQuant, EDEN and RaBitQ throw in a parallel region instead, which ends the process.",
        "GraphFileTests.Graphs_of_codes_without_distances_are_refused") { Kinds = ["IHNs", "INSs"] };

    public static KnownDefect UnsuitableQuantizers { get; } = new(
        "Inverted lists reconstruct the centroids in a parallel region, where an exception ends the process, and take every id that the quantizer finds for the number of a list.",
        "QuantizerTests.A_quantizer_that_fails_later_is_refused");

    public static KnownDefect QuantizersOfOtherMetrics { get; } = new(
        "Inverted lists by inner product that store differences to centroids add what the quantizer returns to their products, even if the quantizer compares by L2.",
        "QuantizerTests.A_file_with_a_quantizer_of_another_metric_is_right_or_refused");

    public static KnownDefect UnassignedVectors { get; } = new(
        "Inverted lists count a vector for which the quantizer finds no list, and do not store it.",
        "QuantizerTests.A_quantizer_that_may_lose_vectors_is_refused");

    public static KnownDefect MissingCentroids { get; } = new(
        "Lists of differences from centroids that the quantizer does not hold end the process when they are searched or filled by given numbers.",
        "QuantizerTests.Lists_that_are_given_need_centroids_of_residuals");

    public static KnownDefect WhitenedCentroids { get; } = new(
        "Training lists trains whitening in their quantizer by the centroids; where those agree it divides by 0, and FAISS assigns points to no centroid, which ends the process.",
        "QuantizerTests.A_quantizer_that_whitens_is_trained_before");

    public static KnownDefect NestedCoarseQuantizers { get; } = new(
        "Training lists trains the additive quantizer of lists that are their quantizer by the centroids, and ends the process if there are too few that differ.",
        "QuantizerTests.A_quantizer_with_an_additive_quantizer_is_trained_before");

    public static KnownDefect ResidualsOfNoCentroid { get; } = new(
        "Training an encoder of residuals subtracts centroid −1 from a vector for which the quantizer finds none: it reads before the centroids.",
        "QuantizerTests.A_quantizer_that_may_lose_vectors_is_refused");

    public static KnownDefect OtherEncoders { get; } = new(
        "Merging and copying lists do not compare the encoders of the indexes, so that codes are decoded as other vectors; copying does not compare the centroids either.",
        "EncoderTests.Lists_of_other_encoders_are_neither_merged_nor_copied");

    public static KnownDefect RemovalUnderIDMap { get; } = new(
        "Removing from inverted lists under an ID map moves the ids of the map as if the lists numbered their vectors anew.",
        "IndexContractTests.Remove_accepts_a_range") { Upstream = "facebookresearch/faiss#2409" };

    public static KnownDefect BinaryRemovalUnderIDMap { get; } = new(
        "Removing from a binary ID map of anything but a flat index mixes up the ids that are left.",
        "IndexBinaryTests.Remove_is_not_supported_by_an_ID_map_of_lists");

    public static KnownDefect IDMap2Reset { get; } = new(
        "IndexIDMap2 keeps its table from ids to positions in reset.",
        "CompositeIndexTests.An_ID_map_finds_ids_until_Reset") { Upstream = "facebookresearch/faiss#5578" };

    public static KnownDefect OneDimensionalOrder { get; } = new(
        "IndexFlat1D keeps the old order of its numbers when some are removed.",
        "CompositeIndexTests.IndexFlat1D_searches_a_sorted_permutation");

    public static KnownDefect PartsResetTraining { get; } = new(
        "IndexShards and IndexReplicas are untrained after reset until a part is added, even if all parts are trained.",
        "IndexContractTests.A_reset_index_is_empty_and_usable");

    public static KnownDefect ShardsOfOtherMetrics { get; } = new(
        "IndexShards merges the results of all metrics but L2 as similarities.",
        "KnownDefectTests.Shards_compare_by_L2_or_inner_product") { Upstream = "facebookresearch/faiss#5503" };

    public static KnownDefect HashTableFiles { get; } = new(
        "A file of several hash tables has as many bits for the size of a bucket as for the greatest id: a table with one bucket, of 1, 2, 4, 8 … vectors, is empty when it is read.",
        "HashTests.Hash_tables_survive_a_file") { Kinds = ["IBHm"] };

    public static KnownDefect FastScanTails { get; } = new(
        "Fast-scan codes are added by bits to the block where the last ones are, whose rest is not cleared when vectors are removed or merged: vectors added afterwards get wrong codes.",
        "FastScanTests.Vectors_added_after_others_were_removed_are_found_or_the_removal_is_refused") { Kinds = [.. FastScanCodes, .. FlatFastScanCodes] };

    public static KnownDefect DuplicatesAfterReset { get; } = new(
        "IndexIVFFlatDedup keeps the table of equal vectors in reset, so that later searches find ids that are gone.",
        "IndexIVFTests.Ids_of_equal_vectors_are_forgotten_by_Reset") { Kinds = ["IwFd"] };

    public static KnownDefect ListsSharedByClones { get; } = new(
        "A copy of an index whose lists lie in a file writes into the same file.",
        "OnDiskIndexBuilderTests.An_index_whose_lists_lie_in_a_file_is_not_cloned");

    public static KnownDefect FastScanMerges { get; } = new(
        "BlockInvertedLists::add_entries copies as many blocks as there are then, not as many as are added, if the size of a list is a multiple of the bytes of a block: merging into fast-scan lists that hold vectors can write out of bounds.",
        "KnownDefectTests.Fast_scan_lists_merge_into_empty_ones_or_refuse") { Kinds = [.. FastScanCodes, "Iwrn"] };

    public static KnownDefect FastScanCopies { get; } = new(
        "InvertedLists::copy_subset_to takes the codes of fast-scan lists one by one, though they are packed in blocks, and reads out of bounds.",
        "KnownDefectTests.Fast_scan_lists_are_not_copied") { Kinds = [.. FastScanCodes, "Iwrn"] };

    public static KnownDefect PanoramaCopies { get; } = new(
        "Merging and copying take the codes of Panorama lists for vectors, though the levels of many vectors lie beside each other in them.",
        "EncoderTests.Panorama_lists_are_neither_merged_nor_copied") { Kinds = ["IwPn", "IwP2"] };

    public static KnownDefect DuplicateIds { get; } = new(
        "IndexIVFFlatDedup finds equal vectors by all of their ids, but removes and reconstructs by the id of the first only.",
        "IndexIVFTests.Ids_of_equal_vectors_are_not_overlooked") { Kinds = ["IwFd"] };

    public static KnownDefect UnreadableFactor { get; } = new(
        "Refining indexes are written with any number of candidates per neighbor, and not read with more than 1,000.",
        "CompositeIndexTests.A_factor_that_FAISS_does_not_read_is_not_saved") { Kinds = ["IxRF", "IwQR"] };

    public static KnownDefect FastScanRadius { get; } = new(
        "A range search of fast-scan lists compares with 16 bits of the radius: a radius beyond the possible distances finds everything or nothing. Older versions have no range search of them.",
        "RangeSearchResultTests.Fast_scan_lists_keep_to_the_radius") { Kinds = [.. FastScanCodes, "Iwrn"] };

    public static KnownDefect DirectMapIds { get; } = new(
        "make_direct_map refuses ids beyond the number of vectors, in some versions only after writing beyond its array.",
        "IndexIVFTests.A_direct_map_enables_Reconstruct_and_UpdateVectors");

    public static KnownDefect BinaryDirectMap { get; } = new(
        "A make_direct_map of a binary index that fails leaves a part of the map.",
        "IndexBinaryIVFTests.A_failed_direct_map_is_dropped");

    public static KnownDefect ListsInFiles { get; } = new(
        "Changing inverted lists that stay in a file ends the process.",
        "IndexBinaryTests.Mapped_lists_are_read_only");

    public static KnownDefect VectorsNotMapped { get; } = new(
        "The option that maps vectors has no effect: they are read into memory.",
        "MappedVectorsTests.An_older_FAISS_is_named") { FixedIn = new(1, 11, 0) };

    public static KnownDefect VectorsInFiles { get; } = new(
        "Changing vectors or links that are mapped from a file ends the process, or fails after a part of the change.",
        "MappedVectorsTests.Mapped_vectors_are_read_only");

    public static KnownDefect UnassignedPoints { get; } = new(
        "Clustering takes the id −1 of a point without centroid for an array index: older versions write to it, newer ones end the process.",
        "ClusteringTests.An_index_that_may_leave_points_unassigned_is_rejected");
}
