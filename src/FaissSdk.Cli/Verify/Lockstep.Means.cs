namespace FaissSdk.Cli;

// Checks new centroids against the means of their points in double precision.
internal sealed partial class Lockstep
{
    private void CheckMeans(Assignment assignment, Update native, Update managed)
    {
        var labels = assignment.Labels;
        if (!labels.Native.All(IsCluster) || !labels.Managed.All(IsCluster))
        {
            return;
        }

        var centroids = managed.Centroids;
        if (accurate is not null)
        {
            accurate.Start(assignment.Points, [], 0, assignment.Centroids);
            accurate.Step(assignment.Points, [], _cancellationToken);
            centroids = accurate.CopyCentroids();
        }

        var means = new ExactMeans(assignment.Points, labels.Native, dimension, clusters);
        _nativeMeans = _nativeMeans.Combine(Judge(assignment, means, native.Centroids, splitRounds));
        means = assignment.AreLabelsEqual ? means : new ExactMeans(assignment.Points, labels.Managed, dimension, clusters);
        _managedMeans = _managedMeans.Combine(Judge(assignment, means, centroids, CentroidUpdate.MaxRounds));
    }

    private MeanError Judge(Assignment assignment, ExactMeans means, float[] centroids, int rounds)
    {
        var error = means.Judge(centroids, options, rounds, _cancellationToken);

        // If spherical, the step may decide a tie differently from the labels seen here, so nothing follows from these.
        return error.Holds || !(options.Spherical && (!assignment.AreLabelsEqual || HasTie(assignment, -1)))
            ? error.InIteration(assignment.Iteration)
            : default;
    }
}
