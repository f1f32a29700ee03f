using System.Runtime.InteropServices;

namespace NinaDB.Engine.Storage;

/// <summary>
/// The few functions of SQLite's C interface (https://sqlite.org/c3ref/funclist.html) that the store needs, bound directly to the library that
/// SQLitePCLRaw ships, with blittable signatures: a cursor calls three of them a row.
/// </summary>
internal static unsafe partial class SqliteNative
{
    private const string Library = "e_sqlite3";

    public const int Ok = 0, Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupt = 9, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14,
        Constraint = 19, NotADatabase = 26, Row = 100, Done = 101;

    public const int OpenReadWrite = 2, OpenCreate = 4, OpenNoMutex = 0x8000, OpenExtendedResultCodes = 0x0200_0000;

    public const uint PreparePersistent = 1;

    /// <summary>The bytes stay where they are until the statement is stepped: no copy.</summary>
    public static readonly nint Static = 0;

    /// <summary>
    /// sqlite3_db_config for SQLITE_DBCONFIG_LOOKASIDE. The function is variadic: everywhere but on Apple's ARM machines such arguments travel as ordinary ones do, so
    /// there it is not called.
    /// </summary>
    [LibraryImport(Library)]
    public static partial int sqlite3_db_config(nint db, int option, nint buffer, int slotLength, int slots);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_open_v2(string path, out nint db, int flags, nint vfs);

    [LibraryImport(Library)]
    public static partial int sqlite3_close_v2(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_prepare_v3(nint db, byte* sql, int length, uint flags, out nint statement, nint tail);

    [LibraryImport(Library)]
    public static partial int sqlite3_db_status(nint db, int option, out int current, out int highest, int reset);

    [LibraryImport(Library)]
    public static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_blob64(nint statement, int index, byte* value, ulong length, nint destructor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_bind_int64(nint statement, int index, long value);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial byte* sqlite3_column_blob(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_column_bytes(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_changes(nint db);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sqlite3_get_autocommit(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_extended_errcode(nint db);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_errmsg(nint db);

    [LibraryImport(Library)]
    public static partial void sqlite3_interrupt(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_db_release_memory(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_busy_timeout(nint db, int milliseconds);

    [LibraryImport(Library)]
    public static partial int sqlite3_file_control(nint db, nint name, int operation, void* argument);

    /// <summary>Syncs the write-ahead log through SQLite's own file object and its xSync (https://sqlite.org/c3ref/io_methods.html).</summary>
    public static int SyncJournal(nint db)
    {
        const int journalPointer = 28;
        const int syncNormal = 2;
        nint file = 0;
        int code = sqlite3_file_control(db, 0, journalPointer, &file);
        if (code != Ok)
        {
            return code;
        }

        // struct sqlite3_file { const sqlite3_io_methods *pMethods; }, which is iVersion, xClose, xRead, xWrite, xTruncate, xSync, ...
        nint methods = file == 0 ? 0 : *(nint*)file;
        if (methods == 0)
        {
            return IoError;
        }

        var sync = (delegate* unmanaged[Cdecl]<nint, int, int>)((nint*)methods)[5];
        return sync(file, syncNormal);
    }
}
