using System.Text.Json.Serialization;

namespace Electra.Configuration;

/// <summary>Whose form a fine-tuned head has, where the two differ: classification of texts, and question answering.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HeadStyle>))]
public enum HeadStyle
{
    /// <summary>Hugging Face's, whose classes load the saved folder.</summary>
    [JsonStringEnumMemberName("huggingface")]
    HuggingFace,

    /// <summary>
    /// The paper's code (github.com/google-research/electra): texts are classified by one linear map of the dropped-out [CLS]; the end of an answer is
    /// scored given its start. Only this library loads the saved folder.
    /// </summary>
    [JsonStringEnumMemberName("google")]
    Google,
}
