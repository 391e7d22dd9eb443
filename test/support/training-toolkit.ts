import { pythonWith } from './python';

/** The toolkit that runs script mode in the images of scikit-learn 1.9-0 and of PyTorch, with what it needs. */
const TOOLKIT = [
  'sagemaker-training==4.8.0',
  'boto3==1.44.8',
  'botocore==1.44.8',
  's3transfer==0.19.3',
  'jmespath==1.1.0',
  'urllib3==2.8.0',
  'python-dateutil==2.9.0.post0',
  'six==1.17.0',
  'numpy==2.2.6',
  'scipy==1.15.3',
  'protobuf==3.20.3',
  'psutil==7.2.2',
  'retrying==1.4.2',
  'inotify_simple==1.2.1',
  'Werkzeug==3.1.9',
  'MarkupSafe==3.0.4',
  'gevent==26.9.0',
  'greenlet==3.5.6',
  'zope.event==6.2',
  'zope.interface==8.7',
  'paramiko==5.1.0',
  'bcrypt==5.0.0',
  'cryptography==50.0.2',
  'PyNaCl==1.6.2',
  'cffi==2.1.1',
  'pycparser==3.12',
  'invoke==3.0.3',
];

/** A Python with the training toolkit of SageMaker, and a botocore. */
export function trainingToolkit(): string {
  return pythonWith('sagemaker-training', TOOLKIT);
}
