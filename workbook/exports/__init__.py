"""What leaves the workbook: one module a format."""
