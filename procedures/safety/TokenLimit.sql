-- The most tokens that rules allow an answer: the least of their limits; NULL where there is none.
CREATE FUNCTION safety.TokenLimit
(
    @Rules nvarchar(max)                   -- As safety.LoadRules gives them.
)
RETURNS int
AS
BEGIN
    RETURN
    (
        SELECT MIN(CAST(JSON_VALUE(r.parameters, '$.limit') AS int))
        FROM OPENJSON(@Rules) WITH (kind varchar(20), parameters nvarchar(max) AS JSON) AS r
        WHERE r.kind = 'max_tokens'
    );
END;
