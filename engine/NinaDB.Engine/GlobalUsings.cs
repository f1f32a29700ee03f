// The engine's own ExecutionContext is meant everywhere; System.Threading's is never used here.
global using ExecutionContext = NinaDB.Engine.Execution.ExecutionContext;
