using System.Reflection;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// The views that scripts of administrators read and this host has little to say in: their columns are those SQL Server documents (documented-views.txt), so that such scripts compile and run. A view declared
/// elsewhere with fewer columns gets the others behind its own, always NULL; a view declared nowhere has no rows, but for the few below.
/// </summary>
internal static partial class SystemViews
{
    private const string MsdbPrefix = "msdb.";

    /// <summary>Every line of the list: sys.name or msdb.name, and its columns.</summary>
    private static readonly Lazy<IReadOnlyList<(string Name, ResultColumnDefinition[] Columns)>> DocumentedViews = new(ReadDocumentedViews);

    /// <summary>Views of the list that have rows here.</summary>
    private static readonly Dictionary<string, Func<EngineSession, IEnumerable<Dictionary<string, object?>>>> DocumentedRows = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dm_os_schedulers"] = static _ => Enumerable.Range(0, Environment.ProcessorCount).Select(i => new Dictionary<string, object?>
        {
            ["scheduler_address"] = new byte[8], ["parent_node_id"] = 0, ["scheduler_id"] = i, ["cpu_id"] = i, ["status"] = "VISIBLE ONLINE", ["is_online"] = true, ["is_idle"] = true, ["preemptive_switches_count"] = 0,
            ["context_switches_count"] = 0, ["idle_switches_count"] = 0, ["current_tasks_count"] = 0, ["runnable_tasks_count"] = 0, ["current_workers_count"] = 0, ["active_workers_count"] = 0,
            ["work_queue_count"] = 0, ["pending_disk_io_count"] = 0, ["load_factor"] = 0, ["yield_count"] = 0, ["failed_to_create_worker"] = false, ["total_cpu_usage_ms"] = 0, ["total_scheduler_delay_ms"] = 0,
        }),
        ["dm_os_sys_memory"] = static _ =>
        {
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            long total = memory.TotalAvailableMemoryBytes / 1024;
            long free = Math.Max(0, total - (memory.MemoryLoadBytes / 1024));
            return
            [
                new()
                {
                    ["total_physical_memory_kb"] = total, ["available_physical_memory_kb"] = free, ["total_page_file_kb"] = total, ["available_page_file_kb"] = free, ["system_cache_kb"] = 0,
                    ["kernel_paged_pool_kb"] = 0, ["kernel_nonpaged_pool_kb"] = 0, ["system_high_memory_signal_state"] = true, ["system_low_memory_signal_state"] = false,
                    ["system_memory_state_desc"] = "Available physical memory is high",
                },
            ];
        },
        ["time_zone_info"] = static _ => from zone in TimeZones.Names
                                         let found = TimeZones.Find(zone.Windows)
                                         where found is not null
                                         let offset = found.GetUtcOffset(DateTimeOffset.UtcNow)
                                         orderby zone.Windows
                                         select new Dictionary<string, object?>
                                         {
                                             ["name"] = zone.Windows,
                                             ["current_utc_offset"] = (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", System.Globalization.CultureInfo.InvariantCulture),
                                             ["is_currently_dst"] = found.IsDaylightSavingTime(DateTimeOffset.UtcNow),
                                         },
        ["resource_governor_configuration"] = static _ => [new() { ["classifier_function_id"] = 0, ["is_enabled"] = false, ["max_outstanding_io_per_volume"] = 0 }],
        ["resource_governor_resource_pools"] = static _ => Governed("pool_id", ["min_cpu_percent", "min_memory_percent", "min_iops_per_volume", "max_iops_per_volume"], ["max_cpu_percent", "max_memory_percent", "cap_cpu_percent"]),
        ["resource_governor_workload_groups"] = static _ => Governed("group_id", ["request_max_cpu_time_sec", "request_memory_grant_timeout_sec", "max_dop", "group_max_requests"], []),
    };

    /// <summary>What the missing columns of a view that is declared elsewhere hold, where that is known.</summary>
    private static readonly Dictionary<string, Func<Dictionary<string, object?>>> DocumentedValues = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dm_os_sys_info"] = static () => new()
        {
            ["visible_target_kb"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024, ["stack_size_in_bytes"] = 2_093_056, ["os_quantum"] = 4, ["os_error_mode"] = 5, ["os_priority_class"] = 32,
            ["max_workers_count"] = 512, ["scheduler_count"] = Environment.ProcessorCount, ["scheduler_total_count"] = Environment.ProcessorCount, ["deadlock_monitor_serial_number"] = 0,
            ["affinity_type"] = 2, ["affinity_type_desc"] = "AUTO", ["time_source"] = 0, ["time_source_desc"] = "QUERY_PERFORMANCE_COUNTER", ["socket_count"] = 1,
            ["cores_per_socket"] = Environment.ProcessorCount, ["numa_node_count"] = 1, ["sql_memory_model"] = 1, ["sql_memory_model_desc"] = "CONVENTIONAL",
            ["container_type"] = 0, ["container_type_desc"] = "NONE",
        },
    };

    /// <summary>The two pools and groups that no server is without.</summary>
    private static IEnumerable<Dictionary<string, object?>> Governed(string id, string[] zeros, string[] hundreds)
    {
        foreach ((string name, int number) in new[] { ("internal", 1), ("default", 2) })
        {
            var row = new Dictionary<string, object?> { [id] = number, ["pool_id"] = number, ["name"] = name, ["importance"] = "Medium", ["request_max_memory_grant_percent"] = 25, ["external_pool_id"] = 2 };
            foreach (string column in zeros)
            {
                row[column] = 0;
            }

            foreach (string column in hundreds)
            {
                row[column] = 100;
            }

            yield return row;
        }
    }

    /// <summary>Adds the views of the list that are missing, and to the others their missing columns.</summary>
    private static void CompleteViews(Dictionary<(string, string), SystemView> registry)
    {
        foreach ((string name, ResultColumnDefinition[] columns) in DocumentedViews.Value)
        {
            if (name.StartsWith(MsdbPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            string view = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            (string, string) key = ("sys", view.ToLowerInvariant());
            registry[key] = registry.TryGetValue(key, out SystemView? declared)
                ? Complete(declared, columns)
                : Documented("sys", view, columns) with { ObjectId = -1000 - registry.Count };
        }
    }

    /// <summary>The same for the tables of msdb.</summary>
    private static Dictionary<string, SystemView> CompleteMsdb(IEnumerable<SystemView> declared)
    {
        Dictionary<string, SystemView> tables = declared.ToDictionary(v => v.Name, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, ResultColumnDefinition[] columns) in DocumentedViews.Value.Where(v => v.Name.StartsWith(MsdbPrefix, StringComparison.Ordinal)))
        {
            string table = name[MsdbPrefix.Length..];
            tables[table] = tables.TryGetValue(table, out SystemView? known) ? Complete(known, columns) : Documented("dbo", table, columns);
        }

        return tables;
    }

    private static SystemView Documented(string schema, string name, ResultColumnDefinition[] columns)
    {
        if (schema != "sys" || !DocumentedRows.TryGetValue(name, out Func<EngineSession, IEnumerable<Dictionary<string, object?>>>? rows))
        {
            return new SystemView(schema, name, columns, static _ => []);
        }

        return new SystemView(schema, name, columns, session => rows(session).Select(row => Array.ConvertAll(columns, c => Value(row.GetValueOrDefault(c.Name), c.Type))));
    }

    private static SystemView Complete(SystemView declared, ResultColumnDefinition[] documented)
    {
        ResultColumnDefinition[] missing = [.. documented.Where(d => !declared.Columns.Any(c => c.Name.Equals(d.Name, StringComparison.OrdinalIgnoreCase)))];
        if (missing.Length == 0)
        {
            return declared;
        }

        Func<Dictionary<string, object?>>? values = DocumentedValues.GetValueOrDefault(declared.Name);
        return declared with
        {
            Columns = [.. declared.Columns, .. missing],
            Rows = session => declared.Rows(session).Select(SqlValue[] (row) =>
            {
                Dictionary<string, object?>? known = values?.Invoke();
                return [.. row, .. missing.Select(c => Value(known?.GetValueOrDefault(c.Name), c.Type))];
            }),
        };
    }

    private static List<(string, ResultColumnDefinition[])> ReadDocumentedViews()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("NinaDB.Engine.documented-views.txt")
            ?? throw new InvalidOperationException("The assembly has no list of documented views.");
        using var reader = new StreamReader(stream);
        var views = new List<(string, ResultColumnDefinition[])>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            views.Add((line[..colon], Array.ConvertAll(ParseColumns(line[(colon + 1)..]), c => c with { IsNullable = true })));
        }

        return views;
    }
}
