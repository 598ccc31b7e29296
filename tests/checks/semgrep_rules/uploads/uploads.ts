// expect: upload.whole-read.js fact.upload.received.js
const whole = multer({ storage: multer.memoryStorage() });
// clean: upload.whole-read.js
// expect: fact.upload.received.js fact.upload.limited.js
const bounded = multer({ storage: multer.memoryStorage(), limits: { fileSize: 1000000 } });

export async function POST(req: Request) {
  // expect: fact.upload.received.js
  const form = await req.formData();
  const file = form.get("file") as File;
  // expect: upload.whole-read.js
  const bytes = await file.arrayBuffer();
  // clean: fact.upload.limited.js
  if (form.size > 3) return bytes;
  // clean: fact.upload.received.js
  return await req.json();
}
