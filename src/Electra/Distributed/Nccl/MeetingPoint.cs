using System.Globalization;

namespace Electra.Distributed;

/// <summary>Where rank 0 hands out NCCL's id to ranks that torchrun or Kubeflow started.</summary>
/// <param name="Address">A name or number of rank 0's machine.</param>
/// <param name="Port">Where it listens, on TCP.</param>
/// <param name="Run">What torchrun calls the run, by which the ranks of two runs are told apart; empty where it has no name.</param>
internal sealed record MeetingPoint(string Address, int Port, string Run)
{
    private const string AddressVariable = "MASTER_ADDR", PortVariable = "MASTER_PORT", OwnPortVariable = "ELECTRA_MASTER_PORT";

    /// <summary>Reads the launcher's variables.</summary>
    /// <param name="environment">Its variables. <value>Default: those of this process.</value></param>
    /// <exception cref="InvalidDataException">One is missing, or is no port.</exception>
    public static MeetingPoint Detect(IReadOnlyDictionary<string, string>? environment = null)
    {
        environment ??= LaunchedProcess.OfThisProcess();
        string? Of(string name) => environment.TryGetValue(name, out string? text) && text.Length > 0 ? text : null;
        string address = Of(AddressVariable) ?? throw new InvalidDataException(
            $"RANK and WORLD_SIZE are set without {AddressVariable}: torchrun and Kubeflow set it to the machine of rank 0. Start the program with one of them, or unset those for a single process.");
        // At torchrun's own port its agents meet, as long as the run lasts.
        int next = Of("TORCHELASTIC_USE_AGENT_STORE") == "True" ? 1 : 0;
        int port = Of(OwnPortVariable) is { } own ? ToPort(OwnPortVariable, own) : ToPort(PortVariable, Of(PortVariable)) + next;
        return new MeetingPoint(address, port, Of("TORCHELASTIC_RUN_ID") ?? "");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}:{Port.ToString(CultureInfo.InvariantCulture)}";

    private static int ToPort(string name, string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < ushort.MaxValue
            ? port
            : throw new InvalidDataException($"{name} is '{text}', but should be a port at which rank 0 can listen: a number from 1 to 65534.");
}
