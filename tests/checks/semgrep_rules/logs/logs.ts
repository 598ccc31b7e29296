import pino from "pino";

// expect: fact.log.structured.js
const logger = pino({ level: "info" });
// expect: fact.log.call.js
logger.info("started");
// clean: fact.log.call.js
blog.publish("started");
// expect: fact.log.print.js
console.log("started");
// clean: fact.log.print.js
console.table([1]);
// clean: fact.log.structured.js
const plain = winston.createLogger({ format: winston.format.simple() });
