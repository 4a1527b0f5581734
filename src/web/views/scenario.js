export function view() { return []; }
