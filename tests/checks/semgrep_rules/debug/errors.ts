app.use((error: any, req: any, res: any, next: any) => {
  // expect: debug.on.js
  res.status(500).json({ message: error.message, stack: error.stack });
});
app.use((error: any, req: any, res: any, next: any) => {
  // clean: debug.on.js
  res.status(500).json({ message: "Something went wrong." });
  if (process.env.NODE_ENV !== "production") {
    // clean: debug.on.js
    res.json({ stack: error.stack });
  }
});
