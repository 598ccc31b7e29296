export async function built(db: any, name: string) {
  // expect: sql.string-built.js fact.sql.call.js
  await db.query(`SELECT id FROM users WHERE name = '${name}'`);
  // expect: sql.string-built.js fact.sql.call.js
  await db.query("SELECT id FROM users WHERE name = '" + name + "'");
}

export async function bound(db: any, prisma: any, name: string) {
  // clean: sql.string-built.js
  // expect: fact.sql.call.js
  await db.query("SELECT id FROM users WHERE name = $1", [name]);
  // clean: sql.string-built.js
  // expect: fact.sql.call.js
  await db.query(`SELECT id FROM ${TABLE} WHERE name = $1`, [name]);
  // clean: fact.sql.call.js
  await prisma.user.findMany({ where: { name } });
  // expect: fact.sql.call.js
  await prisma.$queryRawUnsafe("SELECT 1");
}

app.get("/users", async (req: any, res: any) => {
  const sql = "SELECT id FROM users WHERE name = '" + req.query.name + "'";
  // expect: sql.request-input.js sql.string-variable.js fact.sql.call.js
  res.json(await pool.query(sql));
});

app.get("/users/safe", async (req: any, res: any) => {
  // clean: sql.request-input.js
  // clean: sql.string-variable.js
  // expect: fact.sql.call.js
  res.json(await pool.query("SELECT id FROM users WHERE name = $1", [req.query.name]));
});

// A text joined to a name is one; a function that holds one is not what runs.
app.get("/users/joined", async (req: any, res: any) => {
  const columns = "SELECT id";
  const joined = columns + ` FROM users WHERE name = '${req.query.name}' AND 'select' <> 'x from'`;
  const build = (name: string) => {
    return `SELECT id FROM users WHERE name = '${name}'`;
  };
  // expect: sql.request-input.js sql.string-variable.js fact.sql.call.js
  await pool.query(joined);
  // clean: sql.string-variable.js
  // expect: fact.sql.call.js
  await pool.query(build);
});
