import { startService } from '../../../server/app/service.ts';
import { benchClock } from '../../fixtures/clock.ts';
import { localSetting } from '../../fixtures/setting.ts';
import { report } from './child.ts';

const config = localSetting(String(process.env['BENCH_FOLDER']));
const { port, service } = await startService(config, { show: () => {}, clock: benchClock });
report({ port }, () => service.stores.replay.outstanding.used);
