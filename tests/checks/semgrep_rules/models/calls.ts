import OpenAI from "openai";
import { generateText, tool } from "ai";
import { openai } from "@ai-sdk/openai";
import { ChatOpenAI } from "@langchain/openai";

// expect: fact.llm.client.js
const client = new OpenAI();
// expect: fact.llm.client.js fact.llm.client-with-timeout.js
const quick = new OpenAI({ timeout: 20000 });
// clean: fact.llm.client.js
// clean: fact.llm.client-with-timeout.js
const cache = new Redis({ timeout: 20000 });

export async function ask(messages: any, model: any) {
  // expect: fact.llm.call.js fact.llm.model-literal.js llm.model-floating.js
  await client.chat.completions.create({ model: "gpt-4o", messages });
  // clean: llm.model-floating.js
  // expect: fact.llm.call.js fact.llm.call-with-cap.js fact.llm.call-with-timeout.js fact.llm.model-literal.js
  await client.chat.completions.create({ model: "gpt-4o-2024-08-06", messages, max_tokens: 200 }, { timeout: 20000 });
  // clean: fact.llm.call-with-cap.js
  // clean: fact.llm.call-with-timeout.js
  // expect: fact.llm.call.js fact.llm.model-literal.js llm.model-floating.js
  await generateText({ model: openai("gpt-4o"), messages });
  // expect: fact.llm.call.js fact.llm.call-with-cap.js fact.llm.call-with-timeout.js
  await generateText({ model, messages, maxOutputTokens: 200, abortSignal: AbortSignal.timeout(20000) });
  // expect: fact.llm.call.js
  await model.invoke(messages);
  // clean: fact.llm.model-literal.js
  paint({ model: "sedan" });
}
