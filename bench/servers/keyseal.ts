import { startService } from '../../server/service.ts';
import { benchClock } from '../clock.ts';
import { localSetting } from '../setting.ts';
import { report } from './child.ts';

const config = localSetting(String(process.env['BENCH_FOLDER']));
const { port, service } = await startService(config, { show: () => {}, clock: benchClock });
report({ port }, () => service.stores.replay.outstanding.held);
