using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Indexes;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Filters;

/// <summary>Finds records by words (SQLite: FTS5).</summary>
internal static class TextSearch
{
    /// <summary>Finds the records whose text contains one of the keywords.</summary>
    /// <returns>The ids, the best by BM25 first.</returns>
    public static List<long> Find(ReadSession session, CollectionSchema schema, DataPropertyModel property, IEnumerable<string> keywords, int count, SqlFilter? filter)
    {
        var found = new List<long>();
        var ordinal = schema.Texts.Select(text => text.Property).ToList().IndexOf(property);
        // A keyword in quotes is a phrase; operators in it are words. Which characters are parts of words is left to FTS5, which finds nothing by
        // a phrase without them.
        string[] phrases = [.. keywords.Where(keyword => keyword.Length > 0).Select(keyword => '"' + keyword.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("\0", " ", StringComparison.Ordinal) + '"')];
        if (phrases.Length == 0)
        {
            return found;
        }

        var table = CollectionSchema.TextTable(session.State.CollectionId);
        var condition = filter is null ? "" : $" AND rowid IN (SELECT faiss_id FROM {CollectionSchema.DataTable(session.State.CollectionId)} AS {DataColumn.Alias} WHERE {filter.Sql})";
        using var rows = session.Connection.Prepare($"SELECT rowid FROM {table} WHERE {table} MATCH ?{condition} ORDER BY bm25({table}), rowid LIMIT ?");
        rows.Bind(1, $"t{ordinal} : ({string.Join(" OR ", phrases)})");
        var parameters = filter?.Parameters ?? [];
        rows.BindAll(2, parameters).Bind(parameters.Length + 2, count);
        while (rows.Step())
        {
            found.Add(rows.GetInt64(0));
        }

        return found;
    }
}
