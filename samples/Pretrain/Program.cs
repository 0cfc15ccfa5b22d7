using Electra.Samples.Pretrain.Reporting;
var r=new Random(1);
var pts=new List<TrainingPoint>();
int n=int.Parse(args[0]);
for(int i=1;i<=n;i++){double t=i/(double)n; double mlm=3.2+4.8*Math.Exp(-5*t)+0.15*r.NextDouble(); var p=new TrainingPoint{Step=i*10,MaskedLMLoss=mlm,ReplacedTokenLoss=0.28+0.3*Math.Exp(-6*t)+0.02*r.NextDouble(),Accuracy=.9+.04*t+.01*r.NextDouble(),Precision=.4+.4*t+.05*r.NextDouble(),Recall=.1+.5*t+.05*r.NextDouble(),AreaUnderCurve=.6+.28*(1-Math.Exp(-4*t))+.01*r.NextDouble(),LearningRate=1.5e-3*Math.Min(i/(0.1*n),(1-t)/.9),TokensPerSecond=42000+3000*r.NextDouble()};
 if (args.Length>1) p=p with{ReplacedTokenLoss=double.NaN,Accuracy=double.NaN,Precision=double.NaN,Recall=double.NaN,AreaUnderCurve=double.NaN};
 pts.Add(p); if(i%(n/6)==0) pts.Add(p with{IsHeldOut=true,MaskedLMLoss=p.MaskedLMLoss+.12,TokensPerSecond=double.NaN,AreaUnderCurve=p.AreaUnderCurve-.02});}
TrainingPlot.Save("/tmp/sample-training.png",pts,6.15);
