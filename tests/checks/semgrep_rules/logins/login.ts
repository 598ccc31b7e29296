export function login(user: string, password: string, form: any) {
  // expect: secrets.hard-coded-login.js
  if (user === "admin" && password === "hunter2-not-real") return true;
  // expect: secrets.hard-coded-login.common.js
  if (form.password === "password") return true;
  // clean: secrets.hard-coded-login.js
  if (password === "") return false;
  // clean: secrets.hard-coded-login.common.js
  if (form.type === "password") return false;
  return password === process.env.ADMIN_PASSWORD;
}
