import { expect, test } from 'vitest'
import { checkNodeVersion, checkSystemLibraries, type SystemProbe } from './system-check.ts'

const bare: SystemProbe = {
  platform: 'linux',
  linkerCache: async () => '\tlibc.so.6 (libc6,x86-64) => /lib/libc.so.6\n',
  libraryFolders: () => ['/lib', '/usr/lib/x86_64-linux-gnu'],
  exists: () => false,
}

test('a missing libatomic is an error that names the package to install', async () => {
  await expect(checkSystemLibraries(bare)).rejects.toMatchObject({
    code: 'SYSTEM_LIBRARY',
    message: expect.stringMatching(/libatomic\.so\.1 is missing.*apt-get install libatomic1.*dnf install libatomic/),
  })
  await expect(checkSystemLibraries({ ...bare, linkerCache: async () => null })).rejects.toThrow()
})

test('libatomic is found by the cache of the linker or in a library folder', async () => {
  await checkSystemLibraries({ ...bare, linkerCache: async () => '\tlibatomic.so.1 (libc6) => /lib/libatomic.so.1' })
  await checkSystemLibraries({
    ...bare,
    linkerCache: async () => null,
    exists: path => path === '/usr/lib/x86_64-linux-gnu/libatomic.so.1',
  })
})

test('only Linux is asked', async () => {
  await checkSystemLibraries({ ...bare, platform: 'darwin' })
})

test('this machine answers the real probe', async () => {
  const answer = await checkSystemLibraries().catch(error => error.code)
  expect([undefined, 'SYSTEM_LIBRARY']).toContain(answer)
})

test('an old Node is refused, the pinned one is not', () => {
  expect(() => checkNodeVersion('20.20.2')).toThrow('runs under Node 20.20.2')
  checkNodeVersion('24.0.0')
  checkNodeVersion()
})
