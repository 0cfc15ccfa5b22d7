using Electra.Checkpoints;
using Electra.Onnx;

namespace Electra.Samples.Convert.Options;

/// <summary>What is to be done, checked as far as can be without reading weights.</summary>
/// <param name="Arguments">As they were typed.</param>
/// <param name="IsGoogle">The input is a checkpoint of Google's code.</param>
/// <param name="Onnx">Numbers of an ONNX file; null where folders are written for Hugging Face.</param>
/// <param name="Save">Form of those; what card and type are is found out later.</param>
/// <param name="DType">Type of their numbers; null for that of the input.</param>
internal sealed record ConvertPlan(ConvertArguments Arguments, bool IsGoogle, OnnxWeights? Onnx, PretrainedSaveOptions Save, TorchSharp.torch.ScalarType? DType);
