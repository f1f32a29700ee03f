using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>A server with a small shop: tables with keys, a view, a procedure, a function, a table type, a sequence.</summary>
public class ToolDatabase : IAsyncLifetime
{
    private readonly TestServer _server = new();

    public Task InitializeAsync()
    {
        foreach (string batch in new[]
        {
            "CREATE SCHEMA shop;",
            "CREATE TABLE shop.Product (Id int IDENTITY(1, 1) NOT NULL CONSTRAINT PK_Product PRIMARY KEY, Name nvarchar(40) NOT NULL, Price decimal(9, 2) NULL CONSTRAINT DF_Product_Price DEFAULT (1), Stamp rowversion NOT NULL);",
            "CREATE UNIQUE INDEX IX_Product_Name ON shop.Product (Name);",
            "CREATE TABLE shop.Sale (Id int IDENTITY(1, 1) NOT NULL CONSTRAINT PK_Sale PRIMARY KEY, ProductId int NOT NULL CONSTRAINT FK_Sale_Product REFERENCES shop.Product (Id) ON DELETE CASCADE, Quantity int NOT NULL, SoldAt datetime2(3) NOT NULL);",
            "CREATE VIEW shop.Cheap AS SELECT Id, Name FROM shop.Product WHERE Price < 10;",
            "CREATE PROCEDURE shop.Reprice @id int, @price decimal(9, 2), @old decimal(9, 2) OUTPUT AS SET NOCOUNT ON; SELECT @old = Price FROM shop.Product WHERE Id = @id; UPDATE shop.Product SET Price = @price WHERE Id = @id; SELECT Id, Name FROM shop.Product WHERE Id = @id; RETURN 7;",
            "CREATE FUNCTION shop.Twice (@x int) RETURNS int AS BEGIN RETURN @x * 2; END;",
            "CREATE TYPE shop.Line AS TABLE (Product int NOT NULL, Quantity int NULL);",
            "CREATE PROCEDURE shop.SumLines @lines shop.Line READONLY AS SELECT SUM(Quantity) AS total, COUNT(*) AS n FROM @lines;",
            "CREATE SEQUENCE shop.Ids AS bigint START WITH 1 INCREMENT BY 10;",
            "INSERT shop.Product (Name, Price) VALUES (N'Pen', 2.50), (N'Book', 12), (N'Lamp', 40);",
            "INSERT shop.Sale (ProductId, Quantity, SoldAt) VALUES (1, 3, '2026-01-02T03:04:05');",
        })
        {
            TestServer.Run(_server.Database, batch);
        }

        return _server.InitializeAsync();
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    public SqlConnection Open(string extra = "") => _server.Open(extra);
}
