using System.Text.Json;

namespace FaissSdk.Cli;

/// <summary>Writes trainings as JSON.</summary>
internal static class KMeansJson
{
    public static void Write(Utf8JsonWriter json, KMeansRequest request, VectorSet points, IReadOnlyList<TrainingRun> runs, long[] labels, BackendComparison? comparison)
    {
        json.WriteString("input", request.Input.ToString());
        json.WriteNumber("count", points.Count);
        json.WriteNumber("dimension", points.Dimension);
        json.WriteNumber("clusters", request.Clusters);
        CommandJson.WriteArray(json, "trainings", runs, run => Write(json, run));
        var sizes = new int[request.Clusters];
        foreach (var label in labels)
        {
            sizes[label]++;
        }

        CommandJson.WriteArray(json, "sizes", sizes, json.WriteNumberValue);
        if (comparison is not null)
        {
            json.WriteBoolean("agrees", comparison.Agrees);
            CommandJson.WriteArray(json, "objections", comparison.Objections, json.WriteStringValue);
        }
    }

    public static void Write(Utf8JsonWriter json, TrainingRun run)
    {
        json.WriteStartObject();
        json.WriteString("backend", run.Name);
        CommandJson.WriteNumber(json, "objective", run.Result.Objective);
        json.WriteBoolean("converged", run.Result.Converged);
        json.WriteNumber("seconds", run.Elapsed.TotalSeconds);
        json.WriteNumber("pointsUsed", run.Result.PointsUsed);
        json.WriteNumber("winningRedo", run.WinningRedo);
        CommandJson.WriteArray(json, "iterations", run.Result.Iterations, iteration =>
        {
            json.WriteStartObject();
            CommandJson.WriteNumber(json, "objective", iteration.Objective);
            CommandJson.WriteNumber(json, "imbalance", iteration.Imbalance);
            json.WriteNumber("splits", iteration.Splits);
            json.WriteNumber("secondsSinceStart", iteration.Elapsed.TotalSeconds);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }
}
