import { ListScreen } from '../parts/list-screen.tsx'
import { flows } from '../resources.ts'
import { texts } from '../texts.ts'
import { flowTexts } from '../texts-flow.ts'

export function Flows() {
  return (
    <ListScreen
      resource={flows}
      texts={flowTexts}
      icon="flow"
      columns={[
        { key: 'name', header: texts.form.name, cell: (flow) => flow.name },
        { key: 'rules', header: flowTexts.rulesCount, numeric: true, cell: (flow) => flow.rules.length },
        { key: 'paths', header: flowTexts.pathsCount, numeric: true, cell: (flow) => flow.paths.length },
      ]}
    />
  )
}
