import type { Opened as OpenedPrograms } from '../harness/programs.js';
import type { Hosts } from './hosts.js';
import type { Opened } from './opened.js';

/** Programs that need no user space, loaded once a host. */
export function openPrograms(hosts: Hosts, open: () => OpenedPrograms): Opened {
  const loaded = hosts.all.map(({ target }) => ({ target, opened: open() }));
  return {
    attach() {
      const detach = loaded.map(({ target, opened }) => opened.attach(target));
      return Promise.resolve({
        detach: () => {
          for (const one of detach) one();
          return Promise.resolve(0);
        },
      });
    },
    close() {
      for (const { opened } of loaded) opened.close();
    },
  };
}
