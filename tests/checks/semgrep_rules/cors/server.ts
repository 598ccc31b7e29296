import cors from "cors";
import helmet from "helmet";

// expect: cors.wildcard.js fact.cors.configured.js
app.use(cors());
// expect: cors.wildcard.js fact.cors.configured.js
app.use(cors({ origin: "*" }));
// clean: cors.wildcard.js
// expect: fact.cors.configured.js
app.use(cors({ origin: "https://app.example.com" }));
// clean: fact.cors.configured.js
// clean: fact.headers.protective.js
app.use(compression());
// expect: fact.headers.protective.js
app.use(helmet());
// expect: cors.wildcard.js
const headers = {
  "Access-Control-Allow-Origin": "*",
};

// A file that shared caches keep is the same for everybody.
const scriptHeaders = {
  "Cache-Control": "public, max-age=86400",
  "Access-Control-Allow-Origin": "*",
};

// expect: cors.wildcard.js
const accountHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Cache-Control": "private, max-age=60",
};
