import { cors } from "hono/cors";

// expect: cors.wildcard.js fact.cors.configured.js
app.use("/api/*", cors());
