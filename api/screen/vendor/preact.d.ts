export function h(...given: any[]): any;
export function render(what: any, where: Element): void;
