using System.Diagnostics;
using Electra.Samples.Pretrain.Corpus;
var sw=Stopwatch.StartNew();
var d=SdkDocumentation.Find()!;
var docs=d.ReadDocuments(default).ToList();
Console.WriteLine($"{docs.Count} docs {docs.Sum(x=>x.Count)} lines {docs.Sum(x=>x.Sum(y=>y.Length+1))} chars {sw.Elapsed}");
foreach(var i in new[]{0,500,5000,12000}) if(i<docs.Count){Console.WriteLine("----");foreach(var l in docs[i].Take(12))Console.WriteLine(l);}
