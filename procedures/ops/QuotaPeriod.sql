-- Start of the period that a quota counts in: the month for compute_ms, the minute for calls; 2000-01-01 for what lasts.
CREATE FUNCTION ops.QuotaPeriod
(
    @Resource varchar(30),
    @At datetime2(3)                       -- UTC.
)
RETURNS datetime2(0)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CASE @Resource
        WHEN 'compute_ms' THEN CAST(DATEFROMPARTS(YEAR(@At), MONTH(@At), 1) AS datetime2(0))
        WHEN 'calls' THEN DATETIME2FROMPARTS(YEAR(@At), MONTH(@At), DAY(@At), DATEPART(HOUR, @At), DATEPART(MINUTE, @At), 0, 0, 0)
        ELSE DATETIME2FROMPARTS(2000, 1, 1, 0, 0, 0, 0, 0)
    END;
END;
