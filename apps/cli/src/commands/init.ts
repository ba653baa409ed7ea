import { projectFolder } from '@weir/process/project-folder'
import { shownPath } from '@weir/process/shown-path'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { createProject } from '../init/create-project.ts'
import { jsonOption } from './options.ts'

export function addInit(program: Command, context: CliContext): void {
  program
    .command('init')
    .description('make a folder for a job of your own: typings, a job and a test')
    .argument('<folder>', 'a folder that does not exist yet, or is empty')
    .addOption(jsonOption())
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const project = await createProject(folder, projectFolder())
      if (json) return context.printJson(project)
      const dim = context.outColors.dim
      context.print(`Made ${project.files.length} files in ${folder}:`)
      for (const file of project.files) context.print(`  ${file}`)
      context.print('')
      context.print(`Next:  cd ${shownPath(project.folder)}`)
      context.print(`       npm start            ${dim('runs the job in this process')}`)
      context.print(`       npm run dev          ${dim('again on every change')}`)
      context.print(`       npm test             ${dim('its test')}`)
      context.print(`       npm run deploy       ${dim('on the cluster that "npm start" in the clone of Weir starts')}`)
    })
}
